// A mail server that takes all and keeps nothing, in a process of its own as a real one would be.
import { SMTPServer } from 'smtp-server';

let [letters, bytes] = [0, 0];
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, _, done) {
    stream.on('data', (part) => (bytes += part.length));
    stream.on('end', () => {
      letters++;
      done();
    });
  },
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: server.server.address().port }));
process.on('message', () => process.send?.({ letters, bytes }));
process.on('disconnect', () => process.exit(0));
