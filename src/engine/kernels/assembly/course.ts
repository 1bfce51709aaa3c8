import { cubic0, cubic1, cubic2, cubic3 } from './elastic';

/**
 * How a coordinate goes on from pixel to pixel: along a cubic, by its differences of first, second and
 * third order. All are whole numbers of 2^-32 pixels, so sums are exact.
 */
@unmanaged
export class Course {
  place: i64;
  step: i64;
  turn: i64;
  twist: i64;

  /** Straight on. */
  go(place: f64, step: f64): void {
    this.place = fixed(place);
    this.step = fixed(step);
    this.turn = 0;
    this.twist = 0;
  }

  /**
   * Bent by the cubic of four knots, 16 bytes apart.
   *
   * @param t place of the first pixel between the second knot and the third one
   * @param share distance of pixels, of that between knots
   */
  bend(place: f64, step: f64, knots: usize, t: f64, share: f64): void {
    const p0 = load<f64>(knots), p1 = load<f64>(knots, 16);
    const p2 = load<f64>(knots, 32), p3 = load<f64>(knots, 48);
    const c0 = cubic0(p0, p1, p2), c1 = cubic1(p0, p2);
    const c2 = cubic2(p0, p1, p2), c3 = cubic3(p0, p1, p2, p3);
    // The same cubic seen from t, by pixels.
    const first = share * (c1 + t * (2 * c2 + t * (3 * c3)));
    const second = share * share * (c2 + t * (3 * c3));
    const third = share * share * share * c3;
    this.place = fixed(place + c0 + t * (c1 + t * (c2 + t * c3)));
    this.step = fixed(step + first + second + third);
    this.turn = fixed(2 * second + 6 * third);
    this.twist = fixed(6 * third);
  }
}

// @ts-ignore: decorator
@inline
function fixed(coordinate: f64): i64 {
  return <i64>(coordinate * 4294967296);
}
