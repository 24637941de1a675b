/** The mark: a cassette, two reels and the tape between them. */
export function LogoMark({ size = 26 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size * 0.75}
      viewBox="0 0 24 18"
      fill="none"
      stroke="var(--td-accent)"
      strokeWidth="1.5"
      strokeLinejoin="round"
      aria-hidden
    >
      <rect x=".8" y=".8" width="22.4" height="16.4" rx="3" />
      <circle cx="7.5" cy="7.6" r="2.9" />
      <circle cx="16.5" cy="7.6" r="2.9" />
      <path d="M7.5 10.5h9M5.8 17.2l1.3-3h9.8l1.3 3" />
    </svg>
  )
}
