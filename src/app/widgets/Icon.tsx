/** The few signs that the page draws itself: no font has all of them. Always beside a name; hidden from screen readers. */
const shapes = {
  play: <path d="M4 2.5v11l9-5.5z" fill="currentColor" />,
  pause: <path d="M4 2.5h3v11H4zM9 2.5h3v11H9z" fill="currentColor" />,
  stop: <path d="M3.5 3.5h9v9h-9z" fill="currentColor" />,
  step: <path d="M3 2.5v11l7-5.5zM11 2.5h2v11h-2z" fill="currentColor" />,
  undo: <path d="M6 3 2.5 6.5 6 10M2.5 6.5h7a4 4 0 0 1 0 7H6" />,
  redo: <path d="m10 3 3.5 3.5L10 10M13.5 6.5h-7a4 4 0 0 0 0 7H10" />,
  download: <path d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  system: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" />
    </>
  ),
  light: (
    <>
      <circle cx="8" cy="8" r="3" />
      <path d="M8 1v2M8 13v2M1 8h2M13 8h2M3 3l1.4 1.4M11.6 11.6 13 13M3 13l1.4-1.4M11.6 4.4 13 3" />
    </>
  ),
  dark: <path d="M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z" fill="currentColor" />,
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 16 16"
      width="1.1em"
      height="1.1em"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {shapes[name]}
    </svg>
  );
}
