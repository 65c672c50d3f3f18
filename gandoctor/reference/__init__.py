"""Reference runs, and whether new runs are like them: a run is the unit, its features are what is compared.

`measure` turns a diagnosis into features, `store` keeps them as files, `likeness` compares. Nothing here prints.
"""
