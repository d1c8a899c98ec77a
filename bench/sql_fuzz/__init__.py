"""A fuzzer of governed SQL: random statements answered over hidden data, beside a copy that holds no hidden data."""
