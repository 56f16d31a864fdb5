"""How a mail store is opened and what its folders are for. Shared by sources and writer; reads and writes no mail itself."""
