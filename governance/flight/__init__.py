"""Arrow Flight SQL: ADBC, JDBC and ODBC clients read through the one governed read.

Source: Arrow Flight SQL, https://arrow.apache.org/docs/format/FlightSql.html.
"""
