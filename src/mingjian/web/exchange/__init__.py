"""Import and export of the register: workbooks, CSV, catalogues of GB/T 28181; a preview first, whole or not at all."""
