"""One module a page: the frozen values its template shows. Texts in them are already in the reader's language."""
