import { placedInAddresses } from './drivers-with-odd-addresses.ts';
import { DRIVERS } from '@outspan/test-contract/drivers/catalogue';
import type { Driver } from '@outspan/test-contract/drivers/driver';
import type { Canaries, Place } from './canaries.ts';

const CATALOGUE: ReadonlyMap<string, Driver> = new Map(DRIVERS.map((driver) => [driver.id, driver]));

/**
 * The driver of that id.
 * @throws RangeError when there is none
 */
export function driverOf(id: string, canaries: Canaries): Driver {
  const driver = CATALOGUE.get(id) ?? placedInAddresses(canaries).find((odd) => odd.id === id);
  if (driver === undefined) throw new RangeError(`there is no driver '${id}'`);
  return driver;
}

/** In whose shape a driver's key is. */
export function keyOf(driver: Driver): Place {
  if (driver.id.includes('Azure')) return 'keyAzure';
  if (driver.dialect === 'anthropic.messages') return 'keyAnthropic';
  if (driver.dialect === 'gemini.generate_content') return 'keyGoogle';
  return driver.library === 'undici' ? 'keyPlain' : 'keyOpenai';
}
