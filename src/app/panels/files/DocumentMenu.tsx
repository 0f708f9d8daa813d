/** New, open, save and share. */
export const DocumentMenu = () => null;
