/** What the document works on: network and data. */
export const SourceMenus = () => null;
