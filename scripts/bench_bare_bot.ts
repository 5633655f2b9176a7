/** The least a bot can be, to measure against: connects, waits for the hello, posts once, stays. */

import process from "node:process";

const [url = "", token = "", channelId = ""] = process.argv.slice(2);
const headers = { authorization: `Bearer ${token}` };
const socket = new WebSocket(`${url.replace("http", "ws")}/api/v4/websocket`, { headers });
socket.onmessage = ({ data }) => {
  if (JSON.parse(data).event !== "hello") return;
  fetch(`${url}/api/v4/posts`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ channel_id: channelId, message: "hello" }),
  });
};
