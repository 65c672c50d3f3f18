"use strict";
/* Values and steps as text, and round numbers for an axis; as gandoctor/report/html/ticks.py has them. */
const numbers = (() => {
  const written = (value) => {
    if (value === null || value === undefined) return "not a finite number";
    const size = Math.abs(value);
    if (value === 0) return "0";
    if (size >= 1e7 || size < 1e-4) return value.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e");
    if (Number.isInteger(value)) return value.toLocaleString("en-US");
    return Number(value.toPrecision(size >= 1000 ? 6 : 4)).toLocaleString("en-US", { maximumSignificantDigits: 6 });
  };
  const place = (step) => Number(step.toPrecision(12)).toLocaleString("en-US", { maximumFractionDigits: 3 });

  const linear = (low, high, most, least = 0) => {
    const power = 10 ** Math.floor(Math.log10(Math.max((high - low) / most, least)));
    for (const factor of [1, 2, 5, 10, 20, 50, 100]) {
      const width = power * factor, first = Math.ceil(low / width), last = Math.floor(high / width);
      if (last - first < most) return Array.from({ length: last - first + 1 }, (_, k) => (first + k) * width);
    }
    return [low, high];
  };
  const logarithmic = (low, high, most) => {
    const first = Math.ceil(Math.log10(low)), last = Math.floor(Math.log10(high));
    const every = Math.max(1, Math.ceil((last - first + 1) / most));
    const made = [];
    for (let power = first; power <= last; power += every) made.push(10 ** power);
    return made.length > 1 ? made : linear(low, high, most).filter((value) => value > 0);
  };

  return { written, place, linear, logarithmic };
})();
