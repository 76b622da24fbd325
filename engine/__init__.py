"""The program: everything between a folder of YAML and a rendered advice report."""
