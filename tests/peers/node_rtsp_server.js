// rtsp-streaming-server of npm as a peer: takes pushes on one port, serves them on another. Prints its ports.
// usage: node_rtsp_server.js PACKAGE_FOLDER PUSH_PORT PULL_PORT RTP_PORT_START
const [folder, push, pull, rtp] = process.argv.slice(2);
const RtspServer = require(folder).default;
const server = new RtspServer({
  serverPort: Number(push), clientPort: Number(pull), rtpPortStart: Number(rtp), rtpPortCount: 200,
});
server.start().then(() => console.log('ready'));
