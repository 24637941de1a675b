import { describe, expect, it } from 'vitest'
import { allowedNames, cookieValue, hostIsAllowed, hostName, originIsHost, sameSecret } from './access.ts'

describe('Host', () => {
  const names = allowedNames('127.0.0.1')

  it.each(['127.0.0.1:8273', 'localhost:8273', 'localhost:9000', '[::1]:8273', 'LOCALHOST:1', 'localhost'])(
    'lets %s in, on any port: a tunnel has its own',
    (header) => expect(hostIsAllowed(header, names)).toBe(true),
  )

  it.each([
    'evil.example',
    'evil.example:8273',
    'localhost.evil.example:8273',
    '127.0.0.1.evil.example',
    '192.168.0.7:8273',
    'a@127.0.0.1:8273',
    '127.0.0.1:8273/x',
    '',
    undefined,
  ])('keeps %s out', (header) => expect(hostIsAllowed(header, names)).toBe(false))

  it('knows the address that was asked for, and all of this machine on all interfaces', () => {
    expect(allowedNames('10.1.2.3').has('10.1.2.3')).toBe(true)
    expect(allowedNames('10.1.2.3').has('10.1.2.4')).toBe(false)
    expect(allowedNames('0.0.0.0').size).toBeGreaterThan(names.size)
  })

  it('reads the name without the port', () => {
    expect(hostName('[::1]:80')).toBe('::1')
    expect(hostName('localhost:80')).toBe('localhost')
  })
})

describe('Origin', () => {
  it('is the page that this host served', () => {
    expect(originIsHost('http://localhost:8273', 'localhost:8273')).toBe(true)
    expect(originIsHost('https://localhost:8273', 'localhost:8273')).toBe(true)
  })

  it.each(['http://localhost:3000', 'http://evil.example', 'null', 'file://', undefined])(
    'is not %s',
    (origin) => expect(originIsHost(origin, 'localhost:8273')).toBe(false),
  )
})

it('finds a cookie among others', () => {
  expect(cookieValue('a=1; tapedeck_8273=x=y; b=2', 'tapedeck_8273')).toBe('x=y')
  expect(cookieValue('xtapedeck_8273=1', 'tapedeck_8273')).toBeNull()
  expect(cookieValue(undefined, 'a')).toBeNull()
})

it('takes only the whole secret', () => {
  expect(sameSecret('abc', 'abc')).toBe(true)
  expect(sameSecret('ab', 'abc')).toBe(false)
  expect(sameSecret('', '')).toBe(false)
})
