"""`python -m trackfit` is the command `trackfit`."""

from trackfit.cli import main

if __name__ == "__main__":
    main()
