import { expect, it } from 'vitest'
import { refusalPage } from './refusalPage.ts'

it('shows the sentence and what to do, and runs nothing that a path contains', () => {
  const html = refusalPage(
    { what: 'The workspace /a/<script>alert(1)</script> is "in use".', mend: 'Close it & go on.' },
    [{ label: 'Try again', href: 'https://tapedeck.localhost/retry' }],
  )
  expect(html).toContain('The workspace /a/&lt;script&gt;alert(1)&lt;/script&gt; is &quot;in use&quot;.')
  expect(html).toContain('Close it &amp; go on.')
  expect(html).toContain('<a href="https://tapedeck.localhost/retry">Try again</a>')
  expect(html).not.toContain('<script')
})
