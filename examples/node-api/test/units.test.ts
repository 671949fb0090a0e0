import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ConversionError, convert } from '../src/units.js'

for (const [value, from, to, want] of [
  [1, 'km', 'm', 1000],
  [0, 'C', 'F', 32],
  [100, 'C', 'F', 212],
  [-40, 'F', 'C', -40],
  [1, 'lb', 'g', 453.59237],
] as const) {
  test(`${value} ${from} is ${want} ${to}`, () => {
    assert.equal(convert(value, from, to), want)
  })
}

test('there and back is where it began', () => {
  for (const value of [0.1, 1, 37, 451]) {
    const back = convert(convert(value, 'F', 'K'), 'K', 'F')
    assert.ok(Math.abs(back - value) < 1e-8, `${value} came back as ${back}`)
  }
})

test('names of object properties are no units', () => {
  assert.throws(() => convert(1, 'constructor', 'm'), ConversionError)
})
