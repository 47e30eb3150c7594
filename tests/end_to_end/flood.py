#!/usr/bin/env python3
"""Sends one request over many connections, again and again, until it is ended.

  flood.py PORT PATH BODY-FILE CONNECTIONS     prints `flooding` once the server refuses some of it
"""
import asyncio, sys

port, path, body_file, connections = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
body = open(body_file, "rb").read()
request = (
    f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-pki-message\r\n"
    f"Content-Length: {len(body)}\r\n\r\n"
).encode() + body
full = asyncio.Event()


async def answer_to(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    size = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    await reader.readexactly(size)
    return int(head.split()[1])


async def client():
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            while True:
                writer.write(request)
                await writer.drain()
                if await answer_to(reader) == 503:
                    full.set()
                    await asyncio.sleep(0.2)
        except (OSError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.2)


async def main():
    clients = [asyncio.create_task(client()) for _ in range(connections)]
    await full.wait()
    print("flooding", flush=True)
    await asyncio.gather(*clients)


asyncio.run(main())
