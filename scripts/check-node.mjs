// Runs before every npm script that needs the real runtime. `npm ci` brings Node 24 as a development dependency, and npm puts it
// first on the PATH; this says what to do on the machines where that did not happen.
const needed = [24, 15];
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  console.error(
    `countersign: Node ${needed.join('.')} or later is needed; this is ${process.versions.node} (${process.execPath})\n` +
      'help: run `npm rebuild node` to fetch the copy that package.json pins, or install Node 24',
  );
  process.exit(1);
}
