import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'

import { ConversionError, convert, unitNames } from './units.js'

const query = {
  type: 'object',
  required: ['value', 'from', 'to'],
  properties: {
    value: { type: 'number' },
    from: { type: 'string', maxLength: 16 },
    to: { type: 'string', maxLength: 16 },
  },
} as const

/** Makes the service without listening, so that tests can ask it directly. */
export function buildApp(options: FastifyServerOptions = {}): FastifyInstance {
  const app = Fastify(options)

  app.get('/health', async () => ({ status: 'ok' }))

  app.get('/units', async () => unitNames())

  app.get<{ Querystring: { value: number; from: string; to: string } }>(
    '/convert',
    { schema: { querystring: query } },
    async (request, reply) => {
      const { value, from, to } = request.query
      try {
        return { value: convert(value, from, to), unit: to }
      } catch (error) {
        if (error instanceof ConversionError) {
          return reply.code(422).send({ error: error.message })
        }
        throw error
      }
    },
  )

  return app
}
