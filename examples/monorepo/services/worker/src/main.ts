import { createServer } from 'node:http'

import { Worker } from './worker.js'

const port = Number(process.env.PORT ?? 9090)
const api = process.env.API_URL ?? 'http://localhost:8080'

const worker = new Worker(api)
const stopping = new AbortController()

const server = createServer((request, response) => {
  const found = request.method === 'GET' && request.url === '/health'
  response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
  response.end(JSON.stringify(found ? { status: 'ok', ...worker.stats } : { error: 'not found' }))
})

// The job in hand is finished before the process ends.
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    stopping.abort()
    server.close()
    server.closeAllConnections()
  })
}

server.listen(port, () => console.log(JSON.stringify({ message: 'listening', port, api })))
await worker.run(stopping.signal)
