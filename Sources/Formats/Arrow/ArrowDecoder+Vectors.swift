import Columns
import Model

extension ArrowDecoder {
  /// The lists of floats of `array` at `rows` as vectors of `form`.
  /// - Throws: ``StoreError`` of kind `invalid` for a list of another length or with a null in it,
  ///   and for a number that the form does not hold.
  func vectors(
    _ array: ArrowArray, _ rows: Range<Int>, _ form: VectorForm
  ) throws(StoreError) -> ColumnVector {
    let places = try Self.elements(of: array, rows)
    let validity = try array.validity(rows)
    let child = array.children[0]
    guard case .float(let bits) = child.field.type, rows.count * form.byteCount <= Self.limit
    else { throw ArrowFault.tooLarge }
    let own = bits == 32 ? VectorForm.Element.f32 : .f64
    var texts = TextValues()
    for row in 0..<rows.count {
      guard validity?[row] ?? true else {
        texts.append([])
        continue
      }
      let place = places[row]
      guard place.count == form.count else {
        throw ArrowFault.unfit(
          array.field, "a list of \(place.count) elements where vectors have \(form.count)",
          "read the column as json")
      }
      if let present = try child.validity(place), present.setCount < place.count {
        throw ArrowFault.unfit(
          array.field, "a null within a vector", "read the column as json")
      }
      let size = own.byteCount
      let bytes = try child.buffers[0].slice(place.lowerBound * size..<place.upperBound * size)
      guard let source = VectorForm(count: form.count, element: own),
        let vector = VectorText.converted(bytes, source, form)
      else {
        throw ArrowFault.unfit(
          array.field, "a number that \(form.element.rawValue) does not hold exactly", "name f64")
      }
      texts.append(vector)
    }
    return ColumnVector(
      type: .vector(form), count: rows.count, validity: validity, values: .text(texts))
  }
}
