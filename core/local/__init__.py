"""PostgreSQL, Valkey and the processes of the application on one machine.

Nothing in this package imports Django: it prepares the environment that the settings
are read from. `make run`, `make test` and `manage.py` start here; production does not.
"""
