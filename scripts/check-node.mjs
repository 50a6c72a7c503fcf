// npm puts node_modules/.bin first, so this runs on the Node that `npm ci` installed; it is not there after `npm ci --ignore-scripts`.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `Regraft needs Node 24 or newer, this is ${process.version}. Run "npm ci" (without --ignore-scripts): it brings Node 24 along.`,
  );
  process.exit(1);
}
