/** Files dropped anywhere on the page. */
export const FileDrop = () => null;
