"""Where media comes from: RTSP pull and push, the live test, discovery. asyncio around `wire`."""
