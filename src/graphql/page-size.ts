/** How many rows a connection has where `first` does not say, and at most. */
export const DEFAULT_FIRST = 20;
export const MAX_FIRST = 100;
