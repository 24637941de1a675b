/**
 * The headers that both the desktop window and the browser shell send with every answer. The page is one
 * bundle: no script, style sheet, frame or request may come from or go to anywhere but its own origin.
 */

/** `development`: Vite's hot reload needs an inline script, and a worker that waits for a server to come back. */
export function contentSecurityPolicy(development = false): string {
  const script = development ? "'self' 'unsafe-inline'" : "'self'"
  return [
    "default-src 'none'",
    `script-src ${script}`,
    // Mantine and the charts set styles on elements and add style sheets while running.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    `worker-src ${development ? "'self' blob:" : "'self'"}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

export function pageHeaders(development = false): Record<string, string> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(development),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=()',
  }
}
