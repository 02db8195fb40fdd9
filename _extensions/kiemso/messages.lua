-- What the extension says to a person who speaks Vietnamese, by what it says in English; the places stay in order.

return {
  ["stale: fact “%s”: report.qmd says “%s”, the fact is “%s”"]
    = "số liệu chưa cập nhật: dữ kiện “%s”: report.qmd ghi “%s”, dữ kiện nay là “%s”",
  ["no fact “%s” in %s/report.json"] = "không có dữ kiện “%s” trong %s/report.json",
  ["fact “%s” has no form as=%s; it has: %s"] = "dữ kiện “%s” không có cách ghi as=%s; chỉ có: %s",
  ["fact “%s” leads to “#%s”, which the evidence does not hold"]
    = "dữ kiện “%s” dẫn đến “#%s”, không có trong phần căn cứ",
  ["no table “%s” in %s/report.json"] = "không có bảng “%s” trong %s/report.json",
  ["no chart “%s” in %s/report.json"] = "không có biểu đồ “%s” trong %s/report.json",
  ["there is no “%s” of a school in %s/report.json"] = "không có “%s” của trường trong %s/report.json",
  ["%s does not exist: run `kiemso run` first"] = "không có %s: hãy chạy `kiemso run` trước",
  ["%s is not what was expected: run `kiemso run` again"] = "%s không đúng như quy định: hãy chạy lại `kiemso run`",
  ["%s/report.json is not what was expected: run `kiemso run` again (%s)"]
    = "%s/report.json không đúng như quy định: hãy chạy lại `kiemso run` (%s)",
  ["report.qmd names no term: add “term: 2022-2024” to its header"]
    = "report.qmd không nêu nhiệm kỳ: hãy thêm “term: 2022-2024” vào phần đầu",
  ["report.qmd states facts but has no place for their evidence: add “::: {.evidence}” and “:::” at its end"]
    = "report.qmd nêu dữ kiện nhưng không có chỗ cho phần căn cứ: hãy thêm “::: {.evidence}” và “:::” vào cuối",
}
