export const topology = {
  title: 'Components',
  gone: {
    title: 'This app is not there',
    text: 'It may have been deleted, or belong to a team that your token does not open.',
    back: 'Go to the apps',
  },
  empty: {
    title: 'No components yet',
    text: 'A component is one service of the app, such as a web server or a database.',
  },
  table: 'Components',
  columns: { key: 'Component', image: 'Image', replicas: 'Replicas', local: 'Local changes' },
};
