import { describe, expect, it } from '@jest/globals';
import { type ApiTokenRequest, DefaultTokenGenerator, LegacySha1TokenFormat } from 'nestjs-api-token';
import { type Credential, readCredential } from '../../../lib/request/credential.js';

const formats = [new DefaultTokenGenerator({ prefix: 'acme' }), new LegacySha1TokenFormat()];

/** A request with these fields, names and values in turn, as Node reads them. */
function request(...rawHeaders: string[]): ApiTokenRequest {
  const headers: Record<string, string> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers[rawHeaders[index]!.toLowerCase()] ??= rawHeaders[index + 1]!;
  }
  return { headers, rawHeaders, method: 'GET', params: {} };
}

function secret(text: string, field = 'authorization'): Credential {
  return { kind: 'secret', secret: text, field };
}

const none: Credential = { kind: 'none' };
const ambiguous: Credential = { kind: 'ambiguous' };
const sha1 = 'a9993e364706816aba3e25717850c26c9cd0d89d';

describe('Authorization', () => {
  it.each<[string, Credential]>([
    ['Bearer acme_1', secret('acme_1')],
    ['bearer acme_1', secret('acme_1')],
    ['BEARER acme_1', secret('acme_1')],
    ['token acme_1', secret('acme_1')],
    ['Token   acme_1', secret('acme_1')],
    [`token ${sha1}`, secret(sha1)],
    ['Bearer acme_1 ', secret('acme_1 ')],
    ['Bearer acme_1, acme_2', secret('acme_1, acme_2')],
    ['Bearer\tacme_1', secret('\tacme_1')],
    ['Bearer \tacme_1', secret('\tacme_1')],
    ['Beareracme_1', none],
    ['XBearer acme_1', none],
    [' Bearer acme_1', none],
    ['Basic acme_1', none],
    ['Bearer: acme_1', none],
    ['acme_1', none],
    ['Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln', none],
    ['Bearer x acme_1', none],
    [`token ${sha1}0`, none],
    ['Bearer ', none],
    ['Bearer', none],
    ['', none],
  ])('%j is read as %j', (value, credential) => {
    expect(readCredential(request('Authorization', value), formats, [])).toEqual(credential);
    const { headers } = request('Authorization', value);
    expect(readCredential({ headers, method: 'GET', params: {} }, formats, [])).toEqual(credential);
  });

  it('is not needed', () => {
    expect(readCredential(request(), formats, [])).toEqual(none);
    expect(readCredential(request('Authorization', 'Bearer acme_1'), [], [])).toEqual(none);
  });

  it('T06 is ambiguous where it stands twice, whatever it holds and however it is written', () => {
    const basic = ['authorization', 'Basic Zm9vOmJhcg=='];
    for (const fields of [
      ['Authorization', 'Bearer acme_1', 'Authorization', 'Bearer acme_1'],
      ['Authorization', 'Bearer acme_1', 'Accept', '*/*', ...basic],
      [...basic, 'AUTHORIZATION', 'Bearer acme_1'],
      [...basic, ...basic],
    ]) {
      expect(readCredential(request(...fields), formats, [])).toEqual(ambiguous);
    }
  });

  it('T06 is ambiguous where an adapter hands on a list', () => {
    const headers = { authorization: ['Bearer acme_1'] };
    expect(readCredential({ headers, method: 'GET', params: {} }, formats, [])).toEqual(ambiguous);
  });

  it('stands once where other fields hold its name, or have names as long', () => {
    const fields = ['X-First', 'authorization', 'Authorization', 'Bearer acme_1', 'X-Last', 'authorization'];
    const asLong = ['Authorizatio_', 'a', 'xuthorization', 'b'];
    expect(readCredential(request(...fields, ...asLong), formats, [])).toEqual(secret('acme_1'));
  });
});

describe('a configured header', () => {
  const names = ['x-api-key', 'x-token'];

  it.each<[string, string[], Credential]>([
    ['holds the secret as it is', ['X-API-Key', ' acme_1'], secret(' acme_1', 'x-api-key')],
    ['holds whatever claims to be a secret', ['x-api-key', 'eyJ'], secret('eyJ', 'x-api-key')],
    ['may be the second', ['X-Token', 'acme_1'], secret('acme_1', 'x-token')],
    ['may be empty, which is no secret', ['X-Token', ''], secret('', 'x-token')],
    [
      'stands beside Basic',
      ['Authorization', 'Basic YQ==', 'X-Token', 'acme_1'],
      secret('acme_1', 'x-token'),
    ],
    ['T06 stands beside Bearer', ['Authorization', 'Bearer acme_1', 'X-Token', 'acme_1'], ambiguous],
    ['T06 stands beside another', ['X-API-Key', 'acme_1', 'X-Token', 'acme_1'], ambiguous],
    ['T06 stands twice', ['X-Token', 'acme_1', 'x-token', 'acme_1'], ambiguous],
    ['T06 stands twice, once empty', ['X-Token', '', 'X-TOKEN', 'acme_1'], ambiguous],
    ['is not another', ['X-Api-Kex', 'acme_1', 'X-Auth', 'acme_1'], none],
  ])('%s', (_, fields, credential) => {
    expect(readCredential(request(...fields), formats, names)).toEqual(credential);
  });

  it('T06 is ambiguous where an adapter hands on a list, and taken where it tells of no raw fields', () => {
    const read = (value: string | string[]) =>
      readCredential({ headers: { 'x-token': value }, method: 'GET', params: {} }, formats, names);
    expect(read(['acme_1'])).toEqual(ambiguous);
    expect(read('acme_1')).toEqual(secret('acme_1', 'x-token'));
  });
});
