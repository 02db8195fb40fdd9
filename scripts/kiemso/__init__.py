"""Kiểm Số: reports in which every number leads to the raw spreadsheet cell it came from."""
