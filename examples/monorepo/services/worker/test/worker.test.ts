import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Worker } from '../src/worker.js'
import { countWords } from '../src/words.js'

/** An API that has these texts to hand out. */
function apiWith(texts: string[]): typeof fetch {
  let id = 0
  return async (input, init) => {
    assert.equal(String(input), 'http://api/jobs/take')
    assert.equal(init?.method, 'POST')
    const text = texts[id++]
    return text === undefined ? new Response(null, { status: 204 }) : Response.json({ id, text })
  }
}

test('words are counted', () => {
  assert.equal(countWords(''), 0)
  assert.equal(countWords('  one\ttwo \n three '), 3)
})

test('a worker does every job and then waits', async () => {
  const worker = new Worker('http://api', apiWith(['a b c', 'd']))
  assert.equal(await worker.step(), true)
  assert.equal(await worker.step(), true)
  assert.equal(await worker.step(), false)
  assert.deepEqual(worker.stats, { done: 2, words: 4, connected: true })
})

test('an API that is away is no reason to die', async () => {
  const worker = new Worker('http://api', async () => {
    throw new TypeError('fetch failed')
  })
  assert.equal(await worker.step(), false)
  assert.equal(worker.stats.connected, false)
})

test('run ends when it is told to', { timeout: 5000 }, async () => {
  const stop = new AbortController()
  const worker = new Worker('http://api', apiWith(['a']))
  const running = worker.run(stop.signal, 60_000)
  setTimeout(() => stop.abort(), 20)
  await running
  assert.equal(worker.stats.done, 1)
})
