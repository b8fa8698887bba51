/** Names of time zones as people say them: a city that is no name of a zone, an old name, capitals or none. */

/** Cities that are often asked for and have no zone of their own name. @type {Record<string, string>} zone → cities */
const CITIES = {
  'Africa/Johannesburg': 'Cape Town, Pretoria',
  'America/Chicago': 'Dallas, Houston, Austin',
  'America/Los_Angeles': 'San Francisco, Seattle',
  'America/New_York': 'Boston, Washington, Miami, Atlanta',
  'America/Sao_Paulo': 'Rio de Janeiro, Brasilia',
  'America/Toronto': 'Montreal, Ottawa',
  'Asia/Dubai': 'Abu Dhabi',
  'Asia/Ho_Chi_Minh': 'Hanoi, Saigon, Da Nang, Vietnam',
  'Asia/Jerusalem': 'Tel Aviv',
  'Asia/Kolkata': 'Mumbai, Delhi, Bangalore, Chennai, India',
  'Asia/Shanghai': 'Beijing, Shenzhen, Guangzhou, China',
  'Asia/Tokyo': 'Osaka, Kyoto, Japan',
  'Australia/Sydney': 'Canberra',
  'Europe/Berlin': 'Munich, Hamburg, Frankfurt, Cologne',
  'Europe/Istanbul': 'Ankara',
  'Europe/London': 'Edinburgh, Manchester',
  'Europe/Madrid': 'Barcelona',
  'Europe/Moscow': 'St. Petersburg',
  'Europe/Rome': 'Milan, Naples',
  'Europe/Zurich': 'Bern, Geneva, Basel',
  'Pacific/Auckland': 'Wellington',
};

/** Names that browsers still give and nobody says any more. @type {Record<string, string>} */
const RENAMED = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

/** @param {string} zone @returns {string} its name of today */
export const modern = zone => RENAMED[zone] ?? zone;

/** @param {string} zone @returns {string} cities to find it by */
export const cities = zone => CITIES[zone] ?? '';

/** Without accents, capitals and what stands between words; `GMT-1` keeps its sign. @param {string} text */
const plain = text => text.trim().normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(/[đĐ]/g, 'd').toLowerCase().replaceAll(/[\s._]+|-(?!\d)/g, '');

/**
 * What somebody meant: a zone in any letters, a city of the list above, the last part of a zone's name if there is but one.
 * @param {string} text
 * @param {string[]} zones all there are
 * @returns {string} the zone, or the text as it is, which the service then names
 */
export function resolve(text, zones) {
  const wanted = plain(text);
  if (wanted === '') {
    return '';
  }
  const same = zones.find(zone => plain(zone) === wanted) ?? Object.entries(CITIES).find(([, names]) => names.split(', ').some(name => plain(name) === wanted))?.[0];
  if (same) {
    return modern(same);
  }
  const ends = zones.filter(zone => plain(zone.split('/').at(-1) ?? '') === wanted);
  return ends.length === 1 ? modern(ends[0]) : text.trim();
}
