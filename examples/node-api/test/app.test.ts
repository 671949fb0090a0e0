import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import type { FastifyInstance } from 'fastify'

import { buildApp } from '../src/app.js'

let app: FastifyInstance

before(async () => {
  app = buildApp()
  await app.ready()
})

after(() => app.close())

test('health says ok', async () => {
  const response = await app.inject('/health')
  assert.equal(response.statusCode, 200)
  assert.deepEqual(response.json(), { status: 'ok' })
})

test('units are listed by quantity', async () => {
  const response = await app.inject('/units')
  assert.deepEqual(response.json().temperature, ['K', 'C', 'F'])
})

test('converts', async () => {
  const response = await app.inject('/convert?value=26.2&from=mi&to=km')
  assert.equal(response.statusCode, 200)
  assert.deepEqual(response.json(), { value: 42.1648128, unit: 'km' })
})

for (const [name, url, status] of [
  ['a value is missing', '/convert?from=m&to=km', 400],
  ['a value is no number', '/convert?value=far&from=m&to=km', 400],
  ['a unit is unknown', '/convert?value=1&from=parsec&to=km', 422],
  ['quantities differ', '/convert?value=1&from=kg&to=km', 422],
  ['a route is unknown', '/nothing', 404],
] as const) {
  test(`refuses when ${name}`, async () => {
    const response = await app.inject(url)
    assert.equal(response.statusCode, status)
    assert.equal(typeof response.json().error, 'string')
  })
}
