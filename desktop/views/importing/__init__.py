"""The steps of an import, one page each: the file, its columns, the dry run, the way in, what came of it."""
