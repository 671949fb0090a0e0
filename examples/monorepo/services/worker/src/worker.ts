import { countWords } from './words.js'

export interface Job {
  id: number
  text: string
}

export interface Stats {
  done: number
  words: number
  /** Whether the API answered when it was last asked. */
  connected: boolean
}

/** Takes jobs one after another. */
export class Worker {
  readonly stats: Stats = { done: 0, words: 0, connected: false }

  constructor(
    private readonly api: string,
    private readonly request: typeof fetch = fetch,
  ) {}

  /** Does one job; false when there was none or the API did not answer. */
  async step(): Promise<boolean> {
    try {
      const response = await this.request(new URL('/jobs/take', this.api), {
        method: 'POST',
        signal: AbortSignal.timeout(5000),
      })
      this.stats.connected = response.ok
      if (response.status !== 200) {
        return false
      }
      const job = (await response.json()) as Job
      this.stats.words += countWords(job.text)
      this.stats.done++
      return true
    } catch {
      this.stats.connected = false
      return false
    }
  }

  /** Works until the signal is given, with a pause whenever there is nothing to do. */
  async run(signal: AbortSignal, pauseMilliseconds = 500): Promise<void> {
    while (!signal.aborted) {
      if (!(await this.step())) {
        await pause(pauseMilliseconds, signal)
      }
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end)
  })
}
