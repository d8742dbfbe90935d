import { connect } from 'node:net';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const SETTINGS = 0x4;
const HEADERS = 0x1;
const DATA = 0x0;
const RST_STREAM = 0x3;
const END_STREAM = 0x1;
const END_HEADERS = 0x4;
const FRAME_HEADER_BYTES = 9;
/** A field that is not put into the table of fields (RFC 7541 §6.2.2). */
const LITERAL = Buffer.from([0]);

/**
 * Makes one request of HTTP/2 with the fields as they are given, repeated ones too, which no client would send. Answers
 * with the body; null where the server took it for no request, or hung up.
 */
export function sendFrames(
  port: number,
  fields: readonly (readonly [name: string, value: string])[],
): Promise<string | null> {
  const block = Buffer.concat(
    fields.map(([name, value]) => Buffer.concat([LITERAL, text(name), text(value)])),
  );
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        Buffer.concat([PREFACE, frame(SETTINGS, 0, 0), frame(HEADERS, END_STREAM | END_HEADERS, 1, block)]),
      );
    });
    socket.on('error', reject);
    let received = Buffer.alloc(0);
    let body = '';
    const done = (answer: string | null): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('close', () => done(null));
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      for (let next = firstFrame(received); next !== null; next = firstFrame(received)) {
        received = received.subarray(FRAME_HEADER_BYTES + next.payload.length);
        if (next.type === RST_STREAM) done(null);
        if (next.type !== DATA) continue;
        body += next.payload.toString();
        if ((next.flags & END_STREAM) !== 0) done(body);
      }
    });
  });
}

function text(value: string): Buffer {
  return Buffer.concat([length(value.length), Buffer.from(value, 'latin1')]);
}

/** An integer in seven bits and as many bytes as it takes (RFC 7541 §5.1). */
function length(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  let rest = value - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

function firstFrame(bytes: Buffer): { type: number; flags: number; payload: Buffer } | null {
  if (bytes.length < FRAME_HEADER_BYTES) return null;
  const end = FRAME_HEADER_BYTES + bytes.readUIntBE(0, 3);
  if (bytes.length < end) return null;
  return {
    type: bytes.readUInt8(3),
    flags: bytes.readUInt8(4),
    payload: bytes.subarray(FRAME_HEADER_BYTES, end),
  };
}
