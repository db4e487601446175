/** Runs argv as a child and stops it when this process's parent dies: the IPC channel closes whatever killed the parent. Exits as the child does. */
const { spawn } = require('node:child_process');

const child = spawn(process.argv[2], process.argv.slice(3), { stdio: ['ignore', 'inherit', 'inherit'] });
const stop = () => child.kill('SIGINT');
process.on('disconnect', stop);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
process.on('SIGQUIT', () => child.kill('SIGQUIT'));
child.on('error', () => process.exit(127));
child.on('exit', (code) => process.exit(code ?? 1));
