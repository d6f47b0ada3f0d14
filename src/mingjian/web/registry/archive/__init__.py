"""一机一档: the file of one camera, its codes and devices, and the verdicts it has to pass to stand in the register."""
