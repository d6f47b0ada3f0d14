"""The camera farm: one drawn city, filmed by simulated cameras and served over real RTSP.

It stands outside the product it feeds: it runs in a process of its own and is reached only through the network.
"""
