export const shell = {
  product: 'Regraft',
  skip: 'Skip to content',
  navigation: 'Navigation',
  openNavigation: 'Open navigation',
  appNavigation: (app: string) => `Pages of ${app}`,
  pageTitle: (page: string) => `${page} · Regraft`,
  loading: 'Loading',
  close: 'Close',
  theme: { label: 'Theme', auto: 'Like the system', light: 'Light', dark: 'Dark' },
  live: {
    CONNECTING: { label: 'Connecting', hint: 'The first news of the server is on its way.' },
    LIVE: { label: 'Live', hint: 'What happens on the server shows here by itself.' },
    LOST: { label: 'Reconnecting', hint: 'The connection was lost. It is tried again, and goes on where it was.' },
    OFF: { label: 'Not live', hint: 'This server sends no news here. Load a page again to see what is new.' },
  },
  notFound: {
    title: 'There is no such page',
    text: 'The address leads nowhere. It may have been mistyped, or what it showed is gone.',
    home: 'Go to the apps',
  },
  token: {
    title: 'Enter a token',
    text: 'This server asks who you are. The token stays in this tab until you close it.',
    label: 'Access token',
    submit: 'Open the console',
    refused: 'The server does not let this token in. It may have expired, or been revoked.',
    how: 'Whoever runs the server makes one with',
    command: 'npm run -s regraft -- token create',
  },
  pager: {
    label: 'Pages of the list',
    next: 'Next',
    first: 'First page',
    shown: (shown: number, total: number) =>
      shown === total ? `All ${total.toLocaleString('en')}` : `${shown} of ${total.toLocaleString('en')}`,
  },
};
