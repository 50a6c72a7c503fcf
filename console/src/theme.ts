import {
  createTheme,
  DEFAULT_THEME,
  DrawerCloseButton,
  DrawerHeader,
  ModalCloseButton,
  ModalHeader,
  type CSSVariablesResolver,
} from '@mantine/core';
import { shell } from './texts/en.ts';

const closing = { defaultProps: { 'aria-label': shell.close } };
/** Of the page there is one header: that of a dialog is none. */
const noBanner = { defaultProps: { role: 'presentation' } };

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 9, dark: 9 },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace',
  components: {
    ModalCloseButton: ModalCloseButton.extend(closing),
    DrawerCloseButton: DrawerCloseButton.extend(closing),
    ModalHeader: ModalHeader.extend(noBanner),
    DrawerHeader: DrawerHeader.extend(noBanner),
  },
});

/** Of texts and their grounds, so that all are read: 4.5 to 1 in both schemes (WCAG 2.2, 1.4.3). */
export const readable: CSSVariablesResolver = () => {
  const colors = Object.keys(DEFAULT_THEME.colors).filter((color) => color !== 'dark');
  const texts = (text: (color: string) => string): Record<string, string> =>
    Object.fromEntries(colors.map((color) => [`--mantine-color-${color}-light-color`, text(color)]));
  return {
    variables: {},
    light: {
      '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
      '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
      '--mantine-color-error': 'var(--mantine-color-red-9)',
      ...texts((color) => `color-mix(in srgb, var(--mantine-color-${color}-9), black 35%)`),
    },
    dark: {
      '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
      '--mantine-color-placeholder': 'var(--mantine-color-dark-2)',
      '--mantine-color-error': 'var(--mantine-color-red-4)',
      ...texts((color) => `var(--mantine-color-${color}-2)`),
    },
  };
};
