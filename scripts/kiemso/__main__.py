"""`python -m kiemso`: the command line, where its script is not on the PATH."""

from kiemso.cli import main

if __name__ == "__main__":
    main(prog_name="kiemso")
