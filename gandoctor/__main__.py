"""`python -m gandoctor` is `gandoctor`."""

from gandoctor.cli import main

if __name__ == "__main__":
    main()
