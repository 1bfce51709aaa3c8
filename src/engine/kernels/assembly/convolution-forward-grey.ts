import { ConvolutionForwardArguments } from './convolution-forward';
import { multiplyAdd } from './simd';

/**
 * Rows of a convolution of grey pictures with kernels of 3 x 3, + bias, + ReLU, + 2 x 2 max-pooling, for
 * filters by four:
 *
 *   y[2 oy + py][2 ox + px][f] = b[f] + Σ over ky, kx: x[2 oy + py + ky][2 ox + px + kx] * W[f][ky][kx]
 *
 * With one channel the nine weights of four filters stay in registers for a whole row. Each of the 4 x 4
 * pixels under a window is loaded once and serves one, two or four of the window's positions.
 *
 * The comparisons with 0 never come true. They end basic blocks: within one, V8 moves all loads to the
 * front, which takes more registers than there are (twice the time).
 */
export function forwardGreyRows(a: ConvolutionForwardArguments, image: i32, from: i32, to: i32): void {
  const output = a.output;
  const filters = output.channels;
  const row = <usize>a.input.rowBytes;
  const outputPixel = <usize>filters << 2;
  const relu = a.relu != 0;
  const source = a.input.origin + <usize>image * <usize>a.input.imageBytes;
  for (let oy = from; oy < to; oy++) {
    for (let filter = 0; filter < filters; filter += 4) {
      // As `packConvolution` lays them out, eight filters by nine.
      const w = a.packed + <usize>(filter >> 3) * 288 + (<usize>(filter & 4) << 2);
      const w00 = v128.load(w), w01 = v128.load(w, 32), w02 = v128.load(w, 64);
      const w10 = v128.load(w, 96), w11 = v128.load(w, 128), w12 = v128.load(w, 160);
      const w20 = v128.load(w, 192), w21 = v128.load(w, 224), w22 = v128.load(w, 256);
      const bias = a.bias + (<usize>filter << 2);
      let x = source + <usize>(oy << 1) * row;
      let target = output.row(image, oy) + (<usize>filter << 2);
      let code = a.codes + <usize>(((image * output.height + oy) * output.width) * filters + filter);
      for (let ox = 0; ox < output.width; ox++) {
        let p = v128.load32_splat(x);
        let y00 = multiplyAdd(p, w00, v128.load(bias));
        if (x == 0) return;
        p = v128.load32_splat(x + 4);
        y00 = multiplyAdd(p, w01, y00);
        let y01 = multiplyAdd(p, w00, v128.load(bias));
        if (x == 0) return;
        p = v128.load32_splat(x + 8);
        y00 = multiplyAdd(p, w02, y00);
        y01 = multiplyAdd(p, w01, y01);
        if (x == 0) return;
        y01 = multiplyAdd(v128.load32_splat(x + 12), w02, y01);
        let line = x + row;
        if (x == 0) return;
        p = v128.load32_splat(line);
        y00 = multiplyAdd(p, w10, y00);
        let y10 = multiplyAdd(p, w00, v128.load(bias));
        if (x == 0) return;
        p = v128.load32_splat(line + 4);
        y00 = multiplyAdd(p, w11, y00);
        y01 = multiplyAdd(p, w10, y01);
        y10 = multiplyAdd(p, w01, y10);
        let y11 = multiplyAdd(p, w00, v128.load(bias));
        if (x == 0) return;
        p = v128.load32_splat(line + 8);
        y00 = multiplyAdd(p, w12, y00);
        y01 = multiplyAdd(p, w11, y01);
        y10 = multiplyAdd(p, w02, y10);
        y11 = multiplyAdd(p, w01, y11);
        if (x == 0) return;
        p = v128.load32_splat(line + 12);
        y01 = multiplyAdd(p, w12, y01);
        y11 = multiplyAdd(p, w02, y11);
        line += row;
        if (x == 0) return;
        p = v128.load32_splat(line);
        y00 = multiplyAdd(p, w20, y00);
        y10 = multiplyAdd(p, w10, y10);
        if (x == 0) return;
        p = v128.load32_splat(line + 4);
        y00 = multiplyAdd(p, w21, y00);
        y01 = multiplyAdd(p, w20, y01);
        y10 = multiplyAdd(p, w11, y10);
        y11 = multiplyAdd(p, w10, y11);
        if (x == 0) return;
        p = v128.load32_splat(line + 8);
        y00 = multiplyAdd(p, w22, y00);
        y01 = multiplyAdd(p, w21, y01);
        y10 = multiplyAdd(p, w12, y10);
        y11 = multiplyAdd(p, w11, y11);
        if (x == 0) return;
        p = v128.load32_splat(line + 12);
        y01 = multiplyAdd(p, w22, y01);
        y11 = multiplyAdd(p, w12, y11);
        line += row;
        if (x == 0) return;
        y10 = multiplyAdd(v128.load32_splat(line), w20, y10);
        if (x == 0) return;
        p = v128.load32_splat(line + 4);
        y10 = multiplyAdd(p, w21, y10);
        y11 = multiplyAdd(p, w20, y11);
        if (x == 0) return;
        p = v128.load32_splat(line + 8);
        y10 = multiplyAdd(p, w22, y10);
        y11 = multiplyAdd(p, w21, y11);
        if (x == 0) return;
        y11 = multiplyAdd(v128.load32_splat(line + 12), w22, y11);

        // Strictly greater: the first of equals keeps its place.
        let greater = f32x4.gt(y01, y00);
        let best = v128.bitselect(y01, y00, greater);
        let place = v128.and(greater, i32x4.splat(1));
        greater = f32x4.gt(y10, best);
        best = v128.bitselect(y10, best, greater);
        place = v128.bitselect(i32x4.splat(2), place, greater);
        greater = f32x4.gt(y11, best);
        best = v128.bitselect(y11, best, greater);
        place = v128.bitselect(i32x4.splat(3), place, greater);
        if (relu) {
          place = v128.or(place, f32x4.le(best, f32x4.splat(0)));
          best = f32x4.pmax(best, f32x4.splat(0));
        }
        v128.store(target, best);
        const narrow = i16x8.narrow_i32x4_s(place, place);
        v128.store32_lane(code, i8x16.narrow_i16x8_s(narrow, narrow), 0);
        x += 8;
        target += outputPixel;
        code += filters;
      }
    }
  }
}
