#include "op_table.h"

namespace tape::test {

std::vector<Row> activation_rows();
std::vector<Row> arrange_rows();
std::vector<Row> attention_rows();
std::vector<Row> batchnorm_rows();
std::vector<Row> conv_rows();
std::vector<Row> creation_rows();
std::vector<Row> dropout_rows();
std::vector<Row> elementwise_rows();
std::vector<Row> embedding_rows();
std::vector<Row> indexing_rows();
std::vector<Row> inplace_rows();
std::vector<Row> linear_rows();
std::vector<Row> loss_rows();
std::vector<Row> masked_rows();
std::vector<Row> math_rows();
std::vector<Row> norm_rows();
std::vector<Row> pad_rows();
std::vector<Row> pool_rows();
std::vector<Row> recurrent_rows();
std::vector<Row> reduce_rows();
std::vector<Row> softmax_rows();
std::vector<Row> statistics_rows();
std::vector<Row> views_rows();

const std::vector<Row>& op_table() {
  static const std::vector<Row> table = [] {
    std::vector<Row> all;
    for (auto rows : {
             activation_rows, arrange_rows,     attention_rows, batchnorm_rows,  conv_rows,    creation_rows,
             dropout_rows,    elementwise_rows, embedding_rows, indexing_rows,   inplace_rows, linear_rows,
             loss_rows,       masked_rows,      math_rows,      norm_rows,       pad_rows,     pool_rows,
             recurrent_rows,  reduce_rows,      softmax_rows,   statistics_rows, views_rows,
         }) {
      const std::vector<Row> part = rows();
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return table;
}

}  // namespace tape::test
