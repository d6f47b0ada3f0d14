"""Privacy masks: polygons of a camera with their dates, their confirmation after a move, and lifts by two people."""
