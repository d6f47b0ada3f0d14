"""Signs that tell people of cameras: the record of each, its printable page, and places that lack one."""
